import { shown } from '../wire/shown.mjs';

/** A fault was ordered that makes no sense. */
export class FaultSettingError extends Error {}

const probability = (value, name) => number(value, name, 0, 1);
const milliseconds = (value, name) => number(value, name, 0, 600_000);
const slots = (value, name) => integer(value, name, 0, 1000);

// What can be ordered, with its default: nothing happens.
const FORM = {
  seed: { of: (value, name) => integer(value, name, 0, 0xffff_ffff), default: 0 },
  lostSends: { of: probability, default: 0 },
  lateLanding: { of: probability, default: 0 },
  duplicatedSends: { of: probability, default: 0 },
  preflightOff: { of: boolean, default: false },
  latencyMs: { of: milliseconds, default: 0 },
  slowReplies: { p: { of: probability, default: 0 }, ms: { of: milliseconds, default: 2000 } },
  droppedReplies: { of: probability, default: 0 },
  http429: {
    p: { of: probability, default: 0 },
    retryAfter: { of: (value, name) => (value === null ? null : integer(value, name, 0, 3600)), default: null },
    burst: { of: (value, name) => integer(value, name, 1, 100_000), default: 1 },
  },
  http5xx: { p: { of: probability, default: 0 }, status: { of: (value, name) => integer(value, name, 500, 599), default: 503 } },
  laggingStatus: { p: { of: probability, default: 0 }, slots: { of: slots, default: 10 } },
  forkDrops: { p: { of: probability, default: 0 }, everySlots: { of: (value, name) => integer(value, name, 1, 1000), default: 8 } },
};

/**
 * Complete and checked settings; what is not named keeps its default.
 * @param {unknown} given
 */
export function faultSettings(given) {
  return read(FORM, given ?? {}, 'faults');
}

function read(form, given, path) {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new FaultSettingError(`${path} must be an object, not ${shown(given)}`);
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(form, name)) {
      throw new FaultSettingError(`${path} has no ${shown(name)}; it has ${Object.keys(form).join(', ')}`);
    }
  }
  return Object.fromEntries(Object.entries(form).map(([name, rule]) => {
    const value = given[name];
    if (rule.of === undefined) return [name, read(rule, value ?? {}, `${path}.${name}`)];
    return [name, value === undefined ? rule.default : rule.of(value, `${path}.${name}`)];
  }));
}

function number(value, name, min, max) {
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    throw new FaultSettingError(`${name} must be a number from ${min} to ${max}, not ${shown(value)}`);
  }
  return value;
}

function integer(value, name, min, max) {
  if (!Number.isInteger(value)) throw new FaultSettingError(`${name} must be an integer, not ${shown(value)}`);
  return number(value, name, min, max);
}

function boolean(value, name) {
  if (typeof value !== 'boolean') throw new FaultSettingError(`${name} must be true or false, not ${shown(value)}`);
  return value;
}
