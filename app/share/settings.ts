/** The game's own section of the config, checked: what an operator may change without touching code. */

export interface Settings {
  /** Whether a login with an unknown name makes an account. */
  readonly autoRegister: boolean;
  /** New accounts that one gate makes in a minute. */
  readonly registrationsPerMinute: number;
  /** Language of what the game says to players. */
  readonly language: 'en' | 'zh';
  /** Name of the environment variable with the secret that payments are signed with. */
  readonly rechargeSecretFrom: string;
}

const DEFAULTS: Settings = { autoRegister: true, registrationsPerMinute: 600, language: 'en', rechargeSecretFrom: 'GAME_RECHARGE_SECRET' };

const VALID: { readonly [Key in keyof Settings]: { test(value: unknown): boolean; is: string } } = {
  autoRegister: { test: (value) => typeof value === 'boolean', is: 'true or false' },
  registrationsPerMinute: { test: (value) => Number.isInteger(value) && Number(value) >= 1, is: 'a whole number from 1' },
  language: { test: (value) => value === 'en' || value === 'zh', is: '"en" or "zh"' },
  rechargeSecretFrom: {
    test: (value) => typeof value === 'string' && /^[A-Z_][A-Z0-9_]*$/.test(value),
    is: 'the name of an environment variable',
  },
};

/** Reads section `game`; what it leaves out has its default. @throws TypeError naming the key and what it must be */
export function readSettings(section: unknown): Settings {
  if (section === undefined || section === null) return DEFAULTS;
  if (typeof section !== 'object' || Array.isArray(section)) throw new TypeError('config: "game" must be an object');
  for (const [key, { test, is }] of Object.entries(VALID)) {
    const value = (section as Record<string, unknown>)[key];
    if (value !== undefined && !test(value)) throw new TypeError(`config: "game.${key}" must be ${is}`);
  }
  return { ...DEFAULTS, ...section };
}
