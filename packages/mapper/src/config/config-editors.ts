import type { ConfigFormat } from '../profiles/mapping-way.ts';
import type { ConfigEditor } from './config-section.ts';
import { comfyuiYaml } from './formats/comfyui-yaml.ts';
import { commandLine } from './formats/command-line.ts';
import { fooocusJson } from './formats/fooocus-json.ts';
import { janYaml } from './formats/jan-yaml.ts';
import { llamaCppIni } from './formats/llama-cpp-ini.ts';
import { swarmuiFds } from './formats/swarmui-fds.ts';
import { webuiUserBat, webuiUserSh } from './formats/webui-user.ts';

/** @internal The editor of a file; the name decides where one format is written in two languages. */
export function configEditor(format: ConfigFormat, path: string): ConfigEditor {
  if (format === 'webui-user') return path.toLowerCase().endsWith('.bat') ? webuiUserBat : webuiUserSh;
  return editors[format];
}

const editors: Readonly<Record<Exclude<ConfigFormat, 'webui-user'>, ConfigEditor>> = {
  'comfyui-yaml': comfyuiYaml,
  'command-line': commandLine,
  'fooocus-json': fooocusJson,
  'jan-yaml': janYaml,
  'llama-cpp-ini': llamaCppIni,
  'swarmui-fds': swarmuiFds,
};
