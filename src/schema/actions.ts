// What a request asks for, one by one: itself, or the actions of a transaction.
import type { Request } from '../qmp/message.ts';
import { isArray, isObject, member } from '../text/json.ts';

/** The request itself; of a transaction its actions, each as the request that would ask for it alone. */
export function actionsOf(request: Request): readonly Request[] {
  if (request.execute !== 'transaction') return [request];
  const actions = member(request.arguments, 'actions');
  return (isArray(actions) ? actions : []).flatMap(action => {
    const [type, data] = isObject(action) ? [member(action, 'type'), member(action, 'data')] : [];
    return typeof type === 'string' ? [{ execute: type, arguments: isObject(data) ? data : {} }] : [];
  });
}
