import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { ModelkeepError } from '@modelkeep/core';

/** What every socket is made with. */
export interface SocketOptions {
  /** Several addresses of a host are tried at short intervals (RFC 8305), not one after the other's failure. */
  readonly autoSelectFamily: boolean;
  readonly family?: 4 | 6;
  readonly secureContext?: SecureContext;
}

/**
 * Puts together what every socket is made with.
 *
 * The certificates of one's own are read here once, together with those of the system: as a `ca` of each connection
 * they would cost tens of milliseconds every time.
 */
export function createSocketOptions(options: {
  readonly addressFamily: 4 | 6 | undefined;
  readonly certificateAuthorities: readonly string[];
}): SocketOptions {
  const { addressFamily, certificateAuthorities } = options;
  return {
    autoSelectFamily: true,
    ...(addressFamily === undefined ? {} : { family: addressFamily }),
    ...(certificateAuthorities.length === 0
      ? {}
      : { secureContext: createSecureContext({ ca: [...getCACertificates('default'), ...certificateAuthorities] }) }),
  };
}

/**
 * Checks certificates that were given as text.
 *
 * @throws `core.invalid-argument` for what is no certificate in PEM form
 */
export function checkCertificateAuthorities(certificates: readonly string[]): readonly string[] {
  for (const [index, certificate] of certificates.entries()) {
    if (!isCertificate(certificate)) {
      throw new ModelkeepError('core.invalid-argument', {
        message: `certificateAuthorities[${index}] is no certificate in PEM form`,
        facts: { argument: `certificateAuthorities[${index}]` },
        hint: 'Give the text of the file, from -----BEGIN CERTIFICATE----- on, not its path.',
      });
    }
  }
  return certificates;
}

function isCertificate(text: string): boolean {
  if (!text.includes('-----BEGIN CERTIFICATE-----')) return false;
  try {
    return new X509Certificate(text).raw.byteLength > 0;
  } catch {
    // Whatever OpenSSL finds wrong with it, it is no certificate.
    return false;
  }
}
