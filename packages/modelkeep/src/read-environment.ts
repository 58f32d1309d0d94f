import { ModelkeepError } from '@modelkeep/core';
import type { OpenWorkspaceOptions } from '@modelkeep/workflows';
import type { DatabaseOptions, OpenLibraryOptions } from './open-library-options.ts';
import { openShared } from './open-shared.ts';
import { appDataFolder } from './app-data-folder.ts';
import { createTokenReader, tokenFilePath } from './token-file.ts';

type Token = NonNullable<OpenWorkspaceOptions['hub']>['token'];

/** @internal Options with what the environment adds, but for the proxies. An option that is given wins. */
export function readEnvironment(
  options: OpenLibraryOptions,
  environment: Readonly<Record<string, string | undefined>>,
): OpenWorkspaceOptions {
  const root = options.root ?? valueOf(environment, 'MODELKEEP_ROOT');
  if (root === undefined || root === '') {
    throw new ModelkeepError('core.invalid-argument', {
      message: 'there is no folder for the library',
      facts: { argument: 'root' },
      hint: 'pass a root (--root on the command line), or set MODELKEEP_ROOT',
    });
  }
  const {
    mode,
    create,
    stateDir,
    downloads,
    drives,
    transport,
    privateOrigins,
    proxyFor,
    certificateAuthorities,
    translationFolder,
    servers,
    runJobs,
    clock,
    logger,
    metrics,
  } = options;
  return {
    root,
    mode,
    create,
    stateDir,
    fallbackStateDir: stateDir === undefined ? appDataFolder(environment) : undefined,
    downloads,
    drives,
    transport,
    privateOrigins,
    proxyFor,
    certificateAuthorities,
    translationFolder,
    servers,
    openShared: openShared(databaseOf(options, environment)),
    runJobs,
    clock,
    logger,
    metrics,
    ...readEndpoints(options, environment),
  };
}

/** @internal How the hub and Civitai are asked, with what the environment adds. */
export function readEndpoints(
  options: Pick<OpenLibraryOptions, 'hub' | 'civitai'>,
  environment: Readonly<Record<string, string | undefined>>,
): Pick<OpenWorkspaceOptions, 'hub' | 'civitai'> {
  const endpoint = addressOf(options.hub?.endpoint ?? valueOf(environment, 'HF_ENDPOINT'), {
    argument: 'hub.endpoint',
    what: 'a hub',
    example: 'https://huggingface.co',
  });
  const civitaiEndpoint = addressOf(options.civitai?.endpoint ?? valueOf(environment, 'CIVITAI_ENDPOINT'), {
    argument: 'civitai.endpoint',
    what: 'a Civitai',
    example: 'https://civitai.com',
  });
  const { apiKey } = options.civitai ?? {};
  return {
    civitai: {
      endpoint: civitaiEndpoint,
      apiKey: apiKey === undefined ? valueOf(environment, 'CIVITAI_API_KEY') : apiKey,
    },
    hub: {
      endpoint,
      token: options.hub?.token === undefined ? implicitToken(environment) : options.hub.token,
      offline: options.hub?.offline ?? isYes(valueOf(environment, 'HF_HUB_OFFLINE')),
    },
  };
}

function addressOf(
  given: string | undefined,
  { argument, what, example }: { readonly argument: string; readonly what: string; readonly example: string },
): string | undefined {
  if (given === undefined || isHttpUrl(given)) return given;
  throw new ModelkeepError('core.invalid-argument', {
    message: `${JSON.stringify(given)} is no address of ${what}`,
    facts: { argument, found: given },
    hint: `give an address with its scheme, such as ${example}`,
  });
}

/** The database that was asked for: the tables of an app that uses something else than Postgres are none of ours. */
function databaseOf(
  { database }: OpenLibraryOptions,
  environment: Readonly<Record<string, string | undefined>>,
): DatabaseOptions | null {
  const url = valueOf(environment, 'DATABASE_URL');
  const given = database === undefined && isPostgresUrl(url) ? { url } : (database ?? null);
  if (given === null) return null;
  return {
    url: given.url,
    schema: given.schema ?? valueOf(environment, 'MODELKEEP_DATABASE_SCHEMA'),
    tokenKey: given.tokenKey ?? valueOf(environment, 'MODELKEEP_TOKEN_KEY'),
  };
}

function isPostgresUrl(text: string | undefined): text is string {
  return text !== undefined && /^postgres(?:ql)?:/.test(text);
}

/** The token that the official client would send: of the variable, else of the file; none where that is switched off. */
function implicitToken(environment: Readonly<Record<string, string | undefined>>): Token {
  if (isYes(valueOf(environment, 'HF_HUB_DISABLE_IMPLICIT_TOKEN'))) return undefined;
  const path = tokenFilePath(environment);
  return valueOf(environment, 'HF_TOKEN') ?? (path === undefined ? undefined : createTokenReader(path));
}

/** A variable that is set to nothing is not set. */
function valueOf(environment: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const value = environment[name]?.trim();
  return value === '' ? undefined : value;
}

function isYes(value: string | undefined): boolean {
  return value !== undefined && ['1', 'on', 'yes', 'true'].includes(value.toLowerCase());
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
