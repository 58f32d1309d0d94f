import { once } from 'node:events';
import { resolve } from 'node:path';
import { demoRepos, folderRepos, startHub, type RepoDefinition } from '../src/index.ts';
import { hubUsage, readHubArguments, type HubArguments } from '../src/hub/hub-arguments.ts';

async function reposFor({ demo, folder }: HubArguments): Promise<RepoDefinition[]> {
  const own = folder === null ? [] : await folderRepos(resolve(folder));
  if (own.length === 0 && !demo) throw new Error(`No repos in ${String(folder)}: expected <org>/<name>/<files>`);
  return [...(demo ? demoRepos() : []), ...own];
}

async function serve(options: HubArguments): Promise<void> {
  const stop = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const repos = await reposFor(options);
  await using hub = await startHub({ repos, host: options.host, port: options.port, lazyHashing: true });
  console.log(`hub   ${hub.hubUrl}`);
  console.log(`cdn   ${hub.cdnUrl}`);
  for (const { files, id } of repos) console.log(`repo  ${id} (${files.length} files)`);
  console.log('\nTry it, after the build:');
  console.log(
    `  node packages/cli/bin/modelkeep.js get hf:${repos[0]?.id ?? ''} --endpoint ${hub.hubUrl} --root ./models`,
  );
  console.log('Stop it with Ctrl+C.');
  await stop;
}

const command = readHubArguments(process.argv.slice(2));
switch (command.kind) {
  case 'help':
    console.log(hubUsage);
    break;
  case 'wrong':
    console.error(`${command.message}\n\n${hubUsage}`);
    process.exitCode = 2;
    break;
  case 'serve':
    try {
      await serve(command.arguments);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
    break;
}
