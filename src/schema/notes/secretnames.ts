// Which names are names of secrets. What goes by such a name is never kept, recorded or shown.

// The last word of a name: password, proxy-password, PGPASSWORD, client_secret, authToken.
const LAST: ReadonlySet<string> = new Set(
  'password passwd passphrase passcode pass pwd pw secret token cookie apikey credential credentials authorization'.split(
    ' ',
  ),
);
// The last two words: api_key, AWS_SECRET_ACCESS_KEY, private-key.
const LAST_TWO: ReadonlySet<string> = new Set(['api', 'access', 'private', 'secret', 'auth', 'account']);
// A flag, and the name of an event.
const OTHERS: ReadonlySet<string> = new Set(['cookie64', 'MIGRATION_PASS']);
// Written together with what stands before: PGPASSWORD, mypassword.
const ENDINGS = /(?:password|passwd|passphrase)$/;
// What people mistype. (A name of a letter more or less, or with two letters swapped.)
const OFTEN_MISTYPED = ['password', 'passphrase', 'passwd', 'secret'];
/** No name of a secret is longer. */
export const LONGEST_NAME = 64;

/**
 * Whether a name, as it is typed, says that its value is a secret: `password`, `client_secret`, `--token`, and what is a
 * letter away from the commonest. `key-secret` and its like are not: in QEMU they hold the id of a secret object.
 */
export function namesSecret(name: string): boolean {
  if (name.length < 2 || name.length > LONGEST_NAME) return false;
  const before = known.get(name);
  if (before !== undefined) return before;
  if (known.size > KNOWN) known.clear();
  const is = looksSecret(name);
  known.set(name, is);
  return is;
}

// The same few names stand in every line.
const known = new Map<string, boolean>();
const KNOWN = 2000;

function looksSecret(name: string): boolean {
  if (/.-secret$/i.test(name) || OTHERS.has(name)) return false;
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/\d+$/, '')
    .split(/[-_]+/)
    .filter(word => word !== '');
  const last = words.at(-1) ?? '';
  if (LAST.has(last) || ENDINGS.test(last)) return true;
  if (last === 'key' && LAST_TWO.has(words.at(-2) ?? '')) return true;
  return OFTEN_MISTYPED.some(wanted => isSlipOf(last, wanted));
}

/** One letter more, less or other, or two neighbours swapped. */
function isSlipOf(typed: string, wanted: string): boolean {
  const longer = typed.length - wanted.length;
  if (Math.abs(longer) > 1) return false;
  let start = 0;
  while (start < wanted.length && typed[start] === wanted[start]) start += 1;
  const rest = wanted.slice(start);
  const other = typed.slice(start);
  if (longer > 0) return other.slice(1) === rest;
  if (longer < 0) return other === rest.slice(1);
  const swapped = `${rest[1] ?? ''}${rest[0] ?? ''}${rest.slice(2)}`;
  return other === swapped || other.slice(1) === rest.slice(1);
}
