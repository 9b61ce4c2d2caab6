import type { ReadView } from '../query/ReadView';

/** A request as it came over HTTP, before anything of it is read. */
export interface RawRequest {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  /** The header `Journey-Authentication-Type`, which devices send. */
  readonly authenticationType?: string | undefined;
  readonly cacheControl?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly body: string;
}

/** What an `Authorization` header holds. */
export interface Authorization {
  /** As it was written, such as `Bearer`. */
  readonly scheme: string;
  readonly credentials: string;
}

/** How an operation of a batch fails. */
export interface OperationFailure {
  readonly type: string;
  /** Whether it is carried out all the same. */
  readonly applied: boolean;
}

/** A request, read once at the entrance. Every step of the pipeline and every handler works on this value. */
export interface ParsedRequest {
  readonly method: string;
  readonly url: URL;
  /** Who answers it: the API with its rules, or the routes below `/_device/` and `/_local/`, which have none. */
  readonly area: 'api' | 'device' | 'local';
  /** The whole path, percent-decoded and without empty segments; undefined where the encoding is broken. */
  readonly segments: readonly string[] | undefined;
  /** Method and path below the base address as they came, such as `POST batch.json`. Faults and client rules use it. */
  readonly name: string;
  readonly authorization: Authorization | undefined;
  /** Whether the request says that a device sends it. */
  readonly isFromDevice: boolean;
  /** Whether the request says `Cache-Control: no-cache`, or `no-store`, which asks for more. */
  readonly refusesCache: boolean;
  /** What `If-None-Match` lists: versions that the caller has, each with its quotation marks; a weak one counts as strong. */
  readonly knownVersions: readonly string[];
  /** Whether the Content-Type is JSON. */
  readonly isJson: boolean;
  /** Whether the body is a form: by its Content-Type, or because it has none (documented, "Introduction"). */
  readonly isForm: boolean;
  /** The body as it came, for the log. */
  readonly body: string;
  /** The body as JSON, whatever its Content-Type; undefined where it is empty or not valid. */
  readonly json: unknown;
  /** Operations of `POST batch.json`; none of any other request. */
  readonly operations: readonly unknown[];
  /** Whether it is a batch with at least one lock. */
  readonly isLockBatch: boolean;
  /** Whether it changes users: a batch with a lock or an unlock, or a request that changes a single user or session. */
  readonly changesUsers: boolean;
  /** Users that it names: one for each operation of a batch (empty text where it names none), or the single user. */
  readonly userIds: readonly string[];
  /** Set by a fault: how the operation at this index of a batch fails for a reason that is not its own, if it does. */
  readonly failsOperation?: (index: number) => OperationFailure | undefined;
  /** Set by a fault: how a read differs from what is so now. */
  readonly view?: ReadView;
}
