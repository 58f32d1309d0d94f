import { parseArgs } from 'node:util';

/** What the command line of the hub asks for. */
export interface HubArguments {
  readonly folder: string | null;
  readonly demo: boolean;
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
}

/** The command line as read: arguments, a request for help, or what is wrong with it. */
export type HubCommand =
  | { readonly kind: 'serve'; readonly arguments: HubArguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string };

/** The text for `--help` and for wrong arguments. */
export const hubUsage = `Usage: pnpm hub (--folder DIR | --demo) [--port N] [--host ADDRESS]

Serves repos with the protocol of the Hugging Face Hub, on this machine.

  --folder DIR      every DIR/<org>/<name>/ becomes the repo <org>/<name>
  --demo            serve the small demo repos
  --port N          port of the hub (default: a free one); the CDN takes a free one
  --host ADDRESS    address to listen on (default: 127.0.0.1)
  --help            show this text
`;

function readPort(text: string): number | null {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port <= 65_535 ? port : null;
}

/** Reads the command line of the hub. */
export function readHubArguments(argv: readonly string[]): HubCommand {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        folder: { type: 'string' },
        demo: { type: 'boolean', default: false },
        port: { type: 'string', default: '0' },
        host: { type: 'string', default: '127.0.0.1' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { kind: 'wrong', message: error.message };
  }
  const { demo, folder, help, host } = values;
  if (help) return { kind: 'help' };
  const port = readPort(values.port);
  if (port === null) return { kind: 'wrong', message: `--port must be a number from 0 to 65535, not ${values.port}` };
  if (folder === '') return { kind: 'wrong', message: '--folder must not be empty' };
  if (host === '') return { kind: 'wrong', message: '--host must not be empty' };
  if (folder === undefined && !demo) return { kind: 'wrong', message: 'Give --folder DIR, --demo or both' };
  return { kind: 'serve', arguments: { folder: folder ?? null, demo, port, host } };
}
