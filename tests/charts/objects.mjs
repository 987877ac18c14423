// Reads what `helm template` wrote from standard input; prints the objects, and what is wrong with them, as JSON.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseAllDocuments } from 'yaml';

const require = createRequire(import.meta.url);

/** The definition of an object's kind; undefined where Kubernetes has none of that name. */
function definitionOf({ apiVersion, kind }) {
  const models = apiVersion.startsWith('monitoring.coreos.com/') ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models';
  try {
    return require(`${models}/${apiVersion}`)[kind];
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return undefined;
    throw error;
  }
}

/** The value, noting every field that somebody reads. */
function watched(value, path, read) {
  if (value === null || typeof value !== 'object') return value;
  return new Proxy(value, {
    get(target, name) {
      if (typeof name !== 'string') return target[name];
      read.add(`${path}/${name}`);
      return watched(target[name], `${path}/${name}`, read);
    },
  });
}

/** The fields that nobody read, topmost ones only. */
function* unread(value, path, read) {
  if (value === null || typeof value !== 'object') return;
  for (const name of Object.keys(value)) {
    if (read.has(`${path}/${name}`)) yield* unread(value[name], `${path}/${name}`, read);
    else yield `${path}/${name}`;
  }
}

/** What is wrong with an object. A field that its definition does not look at is one that Kubernetes does not know. */
function* problemsOf(object) {
  const Definition = definitionOf(object);
  if (!Definition) {
    yield `there is no ${object.kind} in ${object.apiVersion}`;
    return;
  }
  const read = new Set();
  try {
    Definition.prototype.validate.call(watched(object, '', read));
  } catch (error) {
    yield error.message;
  }
  for (const field of unread(object, '', read)) yield `${field} is no field`;
}

const objects = [];
const problems = [];
for (const document of parseAllDocuments(readFileSync(0, 'utf8'))) {
  problems.push(...document.errors.map(String), ...document.warnings.map(String));
  const object = document.toJS();
  if (object === null) continue;
  objects.push(object);
  for (const problem of problemsOf(object)) problems.push(`${object.kind} ${object.metadata?.name}: ${problem}`);
}
console.log(JSON.stringify({ objects, problems }));
