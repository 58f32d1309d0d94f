/** The config files that are written for apps that take folders from one. */
export const configFormats = [
  'comfyui-yaml',
  'webui-user',
  'swarmui-fds',
  'fooocus-json',
  'jan-yaml',
  'llama-cpp-ini',
  'command-line',
] as const;
export type ConfigFormat = (typeof configFormats)[number];

/** The stores of other tools that models are put into in the tool's own format, with linked bytes. */
export const storeFormats = ['ollama', 'hugging-face', 'lm-studio'] as const;
export type StoreFormat = (typeof storeFormats)[number];

/** How an app is made to see models. */
export type MappingWay =
  /** Links in the folders that the app looks into. */
  | { readonly kind: 'links' }
  /** A file or flags that tell the app where else to look. */
  | { readonly kind: 'config'; readonly format: ConfigFormat }
  /** Entries in the app's own store. */
  | { readonly kind: 'store'; readonly format: StoreFormat }
  /** Nothing is written: the plan tells what a person or a program can do, and the reason why. */
  | { readonly kind: 'plan-only'; readonly reason: string };
