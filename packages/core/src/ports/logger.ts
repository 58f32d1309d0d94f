/** Facts that go with a log line. Secrets never belong here. */
export type LogFacts = Readonly<Record<string, unknown>>;

/** Where the library says what it does. It never prints by itself. */
export interface Logger {
  debug(message: string, facts?: LogFacts): void;
  info(message: string, facts?: LogFacts): void;
  warn(message: string, facts?: LogFacts): void;
  error(message: string, facts?: LogFacts): void;
}

/** The default: says nothing. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
