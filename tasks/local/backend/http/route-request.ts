import type { Backend } from '../handlers/Backend';
import { API_ROUTES } from '../handlers/routes';
import { routeError } from './ApiError';
import { catchApiError } from './ApiResponse';
import { answerWith } from './Exchange';
import type { Step } from './Exchange';
import { Router } from './Router';

/** Step: answers a request by the handler of its route. Every error of the API becomes a response. */
export function routeRequest(backend: Backend): Step {
  const router = new Router(API_ROUTES);
  return (request) => {
    // Below `/api/v4/<backend deployment>`, which the credentials' step has checked.
    const path = request.segments?.slice(3) ?? [];
    return answerWith(() =>
      catchApiError(() => {
        const isAbsent = path[0] === 'users' && backend.switches.usersApi === 'absent';
        const response = isAbsent ? undefined : router.answer(backend, request, path);
        if (response === undefined) throw routeError(request.method, path.join('/'));
        return response;
      })
    );
  };
}
