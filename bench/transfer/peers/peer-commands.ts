import { join } from 'node:path';
import { nodeCommand, type Command } from '../run-program.ts';
import type { Peers } from './install-peers.ts';

/** What a peer downloads: a file, or without `path` the whole repo. */
export interface PeerTask {
  readonly hubUrl: string;
  readonly repo: string;
  readonly path?: string;
  readonly folder: string;
}

/** A peer's name and how it is run. */
export interface PeerCommand {
  readonly name: string;
  readonly command: Command;
}

/** Those that are installed and can do it. */
export function peerCommands({ hasNpmPeers, python }: Peers, task: PeerTask): readonly PeerCommand[] {
  const found: PeerCommand[] = [];
  if (hasNpmPeers) found.push({ name: '@huggingface/hub', command: nodeCommand('huggingface-hub', task) });
  if (python !== undefined) {
    const program = join(import.meta.dirname, '../programs/huggingface_hub_program.py');
    const environment = {
      HF_ENDPOINT: task.hubUrl,
      // A local hub has no Xet storage behind it.
      HF_HUB_DISABLE_XET: '1',
      HF_HUB_DISABLE_TELEMETRY: '1',
      HF_HUB_DISABLE_PROGRESS_BARS: '1',
    };
    found.push({
      name: 'huggingface_hub',
      command: { command: python, args: [program, JSON.stringify(task)], environment },
    });
  }
  if (hasNpmPeers && task.path !== undefined) {
    const url = `${task.hubUrl}/${task.repo}/resolve/main/${task.path}`;
    found.push({ name: 'ipull', command: nodeCommand('ipull', { url, folder: task.folder }) });
  }
  return found;
}
