/**
 * Headers only a proxy, a tunnel or a content network adds: a request that carries one did not come straight from the
 * program at the other end of the connection (SPEC 4.4, RELIABILITY 2 B). The receiver and the admin port ask here.
 */

const passedOn =
  /^(?:forwarded|via|x-forwarded(?:-.*)?|x-real-ip|x-client-ip|x-cluster-client-ip|x-original-.*|true-client-ip|fastly-.*|cf-.*|cdn-loop|ngrok-.*|fly-.*|x-envoy-.*)$/i;

/** Whether a header tells that somebody passed the request on; `name` in any case. */
export function isPassedOnHeader(name: string): boolean {
  return passedOn.test(name);
}
