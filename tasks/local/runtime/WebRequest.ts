/** A request to a web task, as the task sees it. */
export interface WebRequest {
  /** The method in upper case. */
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Headers by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text; empty where there is none. */
  readonly body: string;
}

/** What a web task answers. */
export interface WebAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
