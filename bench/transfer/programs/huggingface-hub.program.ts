/** Downloads a file or a whole repo with @huggingface/hub into its cache. */
const { hubUrl, repo, path, folder } = JSON.parse(process.argv[2] ?? '') as {
  readonly hubUrl: string;
  readonly repo: string;
  readonly path?: string;
  readonly folder: string;
};

interface Choice {
  readonly repo: string;
  readonly hubUrl: string;
  readonly cacheDir: string;
}

interface HuggingfaceHub {
  downloadFileToCacheDir(choice: Choice & { readonly path: string }): Promise<string>;
  snapshotDownload(choice: Choice): Promise<string>;
}

// Installed at the time of the run: see install-peers.ts.
const name: string = '@huggingface/hub';
const hub = (await import(name)) as HuggingfaceHub;
const choice: Choice = { repo, hubUrl, cacheDir: folder };
await (path === undefined ? hub.snapshotDownload(choice) : hub.downloadFileToCacheDir({ ...choice, path }));
