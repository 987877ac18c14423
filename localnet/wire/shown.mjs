const MAX_CHARS = 120;

/**
 * A value that somebody sent, as text for an error message; never longer than a line.
 * @param {unknown} value
 */
export function shown(value) {
  const text = typeof value === 'bigint' ? value.toString() : JSON.stringify(value) ?? 'undefined';
  return text.length <= MAX_CHARS ? text : `${text.slice(0, MAX_CHARS)}…`;
}
