/** Downloads a file with ipull as it comes: parallel connections, nothing verified. */
const { url, folder } = JSON.parse(process.argv[2] ?? '') as { readonly url: string; readonly folder: string };

interface Ipull {
  downloadFile(options: {
    readonly url: string;
    readonly directory: string;
    readonly fileName: string;
  }): Promise<{ download(): Promise<void> }>;
}

// Installed at the time of the run: see install-peers.ts.
const name: string = 'ipull';
const ipull = (await import(name)) as Ipull;
const download = await ipull.downloadFile({ url, directory: folder, fileName: 'ipull.bin' });
await download.download();
