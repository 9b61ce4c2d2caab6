import type { ApiResponse } from './ApiResponse';
import type { ParsedRequest } from './ParsedRequest';

/**
 * Answers the requests of one route.
 *
 * @param parameters what the placeholders of the route's path stand for, in their order
 */
export type Handler<Context> = (context: Context, request: ParsedRequest, ...parameters: string[]) => ApiResponse;

/** One row of a route table. */
export interface Route<Context> {
  readonly method: string;
  /** Segments, of which `:name` stands for any text, and `:name.json` for any that ends so: `objects/:model/:id.json`. */
  readonly path: string;
  readonly handle: Handler<Context>;
}

/** What a segment of a request's path must be. */
interface Segment {
  readonly isPlaceholder: boolean;
  /** The whole segment, or the end of a placeholder. */
  readonly text: string;
}

/** Finds the handler of a request in a table of routes. The first route that fits counts. */
export class Router<Context> {
  private readonly routes: readonly { readonly route: Route<Context>; readonly segments: readonly Segment[] }[];

  constructor(routes: readonly Route<Context>[]) {
    this.routes = routes.map((route) => ({ route, segments: route.path.split('/').map(parseSegment) }));
  }

  /**
   * Answers a request, or returns undefined where the table has no route for it.
   *
   * @param path decoded segments below where the table begins
   */
  answer(context: Context, request: ParsedRequest, path: readonly string[]): ApiResponse | undefined {
    for (const { route, segments } of this.routes) {
      const parameters = route.method === request.method ? matchPath(segments, path) : undefined;
      if (parameters !== undefined) return route.handle(context, request, ...parameters);
    }
    return undefined;
  }
}

function parseSegment(text: string): Segment {
  const [, end] = /^:\w+(.*)$/.exec(text) ?? [];
  return { isPlaceholder: end !== undefined, text: end ?? text };
}

/** What the placeholders stand for, or undefined where the path does not fit. */
function matchPath(segments: readonly Segment[], path: readonly string[]): string[] | undefined {
  if (segments.length !== path.length) return undefined;
  const parameters: string[] = [];
  const fits = segments.every(({ isPlaceholder, text }, index) => {
    const given = path[index] ?? '';
    if (!isPlaceholder) return given === text;
    parameters.push(given.slice(0, given.length - text.length));
    return given.endsWith(text);
  });
  return fits ? parameters : undefined;
}
