import { ModelkeepError, redactUrl, type HttpTransport } from '@modelkeep/core';

/** @internal Refuses every request: for those who asked to stay offline. */
export const offlineTransport: HttpTransport = {
  async send({ url }) {
    throw new ModelkeepError('network.offline', {
      message: `${redactUrl(url)} is not asked: this library was opened to stay offline`,
      facts: { url: redactUrl(url), systemCode: 'OFFLINE' },
      hint: 'name a commit whose files are here (hf:org/name@<commit>), or open the library online',
    });
  },
};
