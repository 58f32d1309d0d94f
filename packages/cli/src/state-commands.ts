import { InvalidArgumentError } from 'commander';
import { declareModels, ensureModels, showStatus, type DeclareOptions } from './commands/declared.ts';
import { backUpState, resetState } from './commands/shared-state.ts';
import { checkToken, deleteToken, listTokens, setToken } from './commands/tokens.ts';
import type { CommandGroup } from './run-within.ts';
import type { CommonOptions } from './session.ts';

const tokenActions = ['list', 'set', 'check', 'delete'] as const;
type TokenAction = (typeof tokenActions)[number];

const stateActions = ['backup', 'reset'] as const;
type StateAction = (typeof stateActions)[number];

/** @internal What an app needs, and the tokens to get it. */
export function addStateCommands({ command, within }: CommandGroup): void {
  command('declare <file>', 'say what an app needs: a JSON file with an array of {key, source, …}; - reads stdin')
    .option('--replace', 'take back what is declared and not in the file')
    .action((file: string, options: DeclareOptions) =>
      within(options, 'create', (context) => declareModels(context, file, options)),
    );
  command('status [keys...]', 'how the declared models are')
    .option('--deep', 'read every byte, rather than look at sizes')
    .action((keys: string[], options: CommonOptions & { readonly deep?: boolean }) =>
      within(options, 'read', (context) => showStatus(context, keys, options.deep === true)),
    );
  command('ensure [keys...]', 'download what is missing of the declared models (default: all)')
    .option('--endpoint <url>', 'the hub (default: HF_ENDPOINT, then the public hub)')
    .action((keys: string[], options: CommonOptions) =>
      within(options, 'write', (context) => ensureModels(context, keys)),
    );
  command(
    'state',
    'what the processes of the library share, but for the tokens: backup copies it, reset copies and forgets it',
  )
    .argument('<action>', stateActions.join(', '), readStateAction)
    .action((action: StateAction, options: CommonOptions) =>
      within(options, 'write', (context) => (action === 'backup' ? backUpState(context) : resetState(context))),
    );
  command('tokens', 'list, set <site> (the token is read from stdin), check huggingface, delete <site>')
    .argument('[action]', tokenActions.join(', '), readAction, 'list')
    .argument('[site]', 'huggingface, civitai, or an origin such as https://hub.example')
    .option('--endpoint <url>', 'the hub that huggingface means (default: HF_ENDPOINT, then the public hub)')
    .action((action: TokenAction, site: string | undefined, options: CommonOptions) =>
      within(options, action === 'list' ? 'read' : 'create', (context) => {
        if (action === 'list') return listTokens(context);
        if (action === 'check') return checkToken(context, site);
        return action === 'set' ? setToken(context, site) : deleteToken(context, site);
      }),
    );
}

function readStateAction(value: string): StateAction {
  const action = stateActions.find((one) => one === value);
  if (action === undefined) throw new InvalidArgumentError(`Allowed choices are ${stateActions.join(', ')}.`);
  return action;
}

function readAction(value: string): TokenAction {
  const action = tokenActions.find((one) => one === value);
  if (action === undefined) throw new InvalidArgumentError(`Allowed choices are ${tokenActions.join(', ')}.`);
  return action;
}
