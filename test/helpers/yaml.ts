/**
 * Reads the part of YAML that our own files keep to: maps and lists in blocks, lists on one line in JSON's form, plain and quoted texts, comments.
 *
 * Strict: what could mean something else to another reader (a tab, a doubtful plain text, a key given twice) is an error with its line.
 */
export type Yaml = string | number | boolean | null | readonly Yaml[] | { readonly [key: string]: Yaml };

interface Line {
  readonly number: number;
  readonly indent: number;
  readonly text: string;
}

/** @throws SyntaxError that names the line */
export function readYaml(text: string): Yaml {
  const lines = text.split('\n').flatMap((line, at): Line[] => {
    const content = line.trim();
    if (content === '' || content.startsWith('#')) return [];
    if (/\t/.test(line)) throw new SyntaxError(`line ${at + 1}: a tab`);
    return [{ number: at + 1, indent: line.length - line.trimStart().length, text: content }];
  });
  const reader = new Reader(lines);
  const value = reader.block(0);
  reader.end();
  return value;
}

class Reader {
  readonly #lines: readonly Line[];
  #at = 0;

  constructor(lines: readonly Line[]) {
    this.#lines = lines;
  }

  end(): void {
    const line = this.#lines[this.#at];
    if (line) throw new SyntaxError(`line ${line.number}: set in too far or not far enough`);
  }

  block(indent: number): Yaml {
    return this.#lines[this.#at]?.text.startsWith('- ') ? this.#list(indent) : this.#map(indent);
  }

  #list(indent: number): Yaml[] {
    const items: Yaml[] = [];
    for (let line = this.#next(indent); line?.text.startsWith('- '); line = this.#next(indent)) {
      items.push(scalar(line.text.slice(2), line.number));
      this.#at++;
    }
    return items;
  }

  #map(indent: number): Record<string, Yaml> {
    const map: Record<string, Yaml> = {};
    for (let line = this.#next(indent); line; line = this.#next(indent)) {
      const [, key, value = ''] = /^([\w.-]+):(?: (.*))?$/.exec(line.text) ?? [];
      if (key === undefined) throw new SyntaxError(`line ${line.number}: no key`);
      if (Object.hasOwn(map, key)) throw new SyntaxError(`line ${line.number}: ${key} is given twice`);
      this.#at++;
      map[key] = value === '' ? this.#below(indent) : scalar(value, line.number);
    }
    return map;
  }

  #below(indent: number): Yaml {
    const line = this.#lines[this.#at];
    return line && line.indent > indent ? this.block(line.indent) : null;
  }

  /** The next line, when it belongs to the block of that indent. */
  #next(indent: number): Line | undefined {
    const line = this.#lines[this.#at];
    return line?.indent === indent ? line : undefined;
  }
}

function scalar(text: string, line: number): Yaml {
  try {
    if (/^["[]/.test(text)) return JSON.parse(text) as Yaml;
  } catch (cause) {
    throw new SyntaxError(`line ${line}: ${text}`, { cause });
  }
  if (/^(true|false|null|-?\d+(\.\d+)?)$/.test(text)) return JSON.parse(text) as Yaml;
  // Other readers take these for booleans, anchors, or the beginning of something.
  if (/^(yes|no|on|off|~)$/i.test(text) || /^[&*!|>'%@`{?,\]}-]/.test(text) || /: | #|:$/.test(text))
    throw new SyntaxError(`line ${line}: put quotes around ${text}`);
  return text;
}
