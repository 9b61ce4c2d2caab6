import type { ErrorDetails } from '../errors';

/** Codes of the system, of name servers and of certificates with which a request never arrives (Node.js, `errno` and `tls`). */
const NEVER_ARRIVED =
  /^(ECONNREFUSED|ENOTFOUND|ENODATA|EAI_\w+|EHOSTUNREACH|ENETUNREACH|CERT_\w+|ERR_TLS_\w+|ERR_SSL_\w+|\w*SELF_SIGNED\w*|UNABLE_TO_\w+)$/;

/** What kind of trouble with the network an error of the system tells of. @param code such as `ECONNRESET` */
export function readNetworkError(code: string): NonNullable<ErrorDetails['network']> {
  return NEVER_ARRIVED.test(code) ? 'unreachable' : 'connection';
}
