/** The settings, or what the command finds on this machine, are wrong, and nothing has been done. It ends the command with 2. */
export class SettingsError extends Error {}

/** The command line is wrong. It ends the command with 2 and a hint at `--help`. */
export class UsageError extends Error {}
