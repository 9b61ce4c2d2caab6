import type { ErrorDetails } from '../errors';

/**
 * Codes of the system, of name servers and of certificates with which a request never arrives (Node.js, `errno` and `tls`). Codes that
 * a connection may also break with halfway, such as `EHOSTUNREACH` or an error of the encryption, are none of them.
 */
const NEVER_ARRIVED =
  /^(ECONNREFUSED|ENOTFOUND|ENODATA|EAI_\w+|CERT_\w+|ERR_TLS_CERT_\w+|ERR_SSL_WRONG_VERSION_NUMBER|\w*SELF_SIGNED\w*|UNABLE_TO_\w+)$/;

/** What kind of trouble with the network an error of the system tells of. @param code such as `ECONNRESET` */
export function readNetworkError(code: string): NonNullable<ErrorDetails['network']> {
  return NEVER_ARRIVED.test(code) ? 'unreachable' : 'connection';
}

/** The system's sentence, with its own code where there is one, such as `ECONNREFUSED`. */
export function describeNetworkError(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed';
  const { message, code } = error as Error & { readonly code?: unknown };
  // The reason is left out where several addresses of a host were tried.
  const isNamed = typeof code !== 'string' || message.includes(code);
  return `${message.replace(/\.$/, '').trimEnd()}${isNamed ? '' : ` (${code})`}`;
}
