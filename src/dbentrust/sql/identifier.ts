/** Names of tables and columns inside SQL text: the one place where something that is not a parameter enters a statement. */

/** MySQL's limit, kept on SQLite too so that a schema fits both. */
const MAX_NAME = 64;

/**
 * Quotes the name of a table, column or database for either dialect.
 *
 * @throws TypeError for a name that neither could have
 */
export function quoteName(name: string): string {
  if (typeof name !== 'string' || name.length === 0 || name.length > MAX_NAME || hasForbidden(name)) {
    throw new TypeError(
      `${JSON.stringify(name)?.slice(0, 80)} cannot be the name of a table or column: 1 to ${MAX_NAME} characters, no control characters and no backtick`,
    );
  }
  return `\`${name}\``;
}

function hasForbidden(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code < 0x20 || code === 0x60 || code === 0x7f) return true;
  }
  return name.endsWith(' ');
}
