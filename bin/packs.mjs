// The command as packs of modules. esbuild cuts it at each `import()` into chunks (ES modules); a pack is some of them as
// functions in one script, for the loader in bin/qmpsh.cjs. Few files are read, and no run reads what it does not need:
// of 1.1 MB a command of one line needs a third, and reading and compiling the rest took it a tenth of its time.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { Script } from 'node:vm';

/**
 * The modules with which each pack begins: a chunk that they import, by `import` and not by `import()`, goes into the first
 * pack that needs it. What no pack needs goes into the last one.
 */
const PACKS = {
  cli: ['src/cli/cli.ts', 'src/cli/json.ts', 'src/cli/shell.ts', 'src/batch/batch.ts'],
  prompt: ['src/prompt/interactive.ts'],
  more: [],
};

/** Name and text of each pack, from what esbuild made (ESM, `splitting`, with metafile, written nowhere). */
export function packsOf({ outputFiles, metafile }) {
  const chunks = new Map();
  const chunkOf = new Map();
  for (const [path, { entryPoint, imports }] of Object.entries(metafile.outputs)) {
    const name = basename(path);
    const text = outputFiles.find(file => basename(file.path) === name).text;
    const needs = imports.filter(({ kind, external }) => kind === 'import-statement' && !external);
    chunks.set(name, { text, needs: needs.map(({ path: needed }) => basename(needed)) });
    if (entryPoint) chunkOf.set(entryPoint, name);
  }
  const packOf = new Map();
  const place = (name, pack, above = []) => {
    if (above.includes(name)) throw new Error(`chunks import each other: ${[...above, name].join(' ')}`);
    if (packOf.has(name)) return;
    for (const needed of chunks.get(name).needs) place(needed, pack, [...above, name]);
    packOf.set(name, pack);
  };
  for (const [pack, modules] of Object.entries(PACKS))
    for (const module of modules) {
      if (!chunkOf.has(module)) throw new Error(`${module} is no chunk: nobody has an import() of it`);
      place(chunkOf.get(module), pack);
    }
  for (const name of chunks.keys()) place(name, Object.keys(PACKS).at(-1));
  const nameOf = file => `${packOf.get(file)}/${file.replace(/\.js$/, '')}`;
  return Object.keys(PACKS).map(pack => {
    const members = [...chunks].filter(([name]) => packOf.get(name) === pack);
    const bodies = members.map(
      ([name, { text }]) =>
        `${JSON.stringify(nameOf(name))}(exports,need,later,outside){${asFunction(text, nameOf)}\n}`,
    );
    const text = `(function(require,__filename,__dirname){"use strict";return{\n${bodies.join(',\n')}\n}})`;
    new Script(text); // an import that was not understood is a fault here, not in somebody's first run of that part
    return [pack, `//${createHash('sha256').update(text).digest('hex').slice(0, 16)}\n${text}`];
  });
}

const IMPORT = /\bimport(?: ([\w$]+) |\{([^{}]*)\}|)(?:from)?"([^"\n]+)";/g;
const IMPORT_LATER = /\bimport\("([^"\n]+)"\)/g;
const EXPORT = /export\{([^}]*)\};?\s*$/;

/**
 * The body of a chunk as that of a function: its imports as constants, its exports (which esbuild writes last) as members of
 * `exports`. Chunks never import each other in a circle, and none exports a variable that changes later. `need` gives another
 * chunk's exports, `later` the same for an `import()`, `outside` those of a package that is a file of its own.
 */
function asFunction(text, nameOf) {
  const own = path => (path.startsWith('./') ? JSON.stringify(nameOf(path.slice(2))) : undefined);
  const exported = (EXPORT.exec(text)?.[1] ?? '').split(',').filter(Boolean);
  const members = exported.map(pair => {
    const [local, name = local] = pair.split(' as ');
    return `exports.${name}=${local};`;
  });
  const body = text
    .replace(EXPORT, '')
    .replace(IMPORT, (_, whole, names, path) => {
      const module = own(path) === undefined ? `require(${JSON.stringify(path)})` : `need(${own(path)})`;
      if (whole) return `const ${whole}=${module};`;
      return names ? `const{${names.replaceAll(' as ', ':')}}=${module};` : `${module};`;
    })
    .replace(IMPORT_LATER, (_, path) =>
      own(path) ? `later(${own(path)})` : `outside(${JSON.stringify(path)})`,
    );
  return `${body}${members.join('')}`;
}
