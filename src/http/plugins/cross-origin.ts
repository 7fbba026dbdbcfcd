/**
 * Which web pages may call the server. https://fetch.spec.whatwg.org/#http-cors-protocol
 */
import type { FastifyCorsOptions } from '@fastify/cors';

/** What a page may read besides the body. */
const exposedHeaders = [
  'ETag',
  'Location',
  'Content-Location',
  'Last-Modified',
  'Link',
  'Retry-After',
  'X-Cache',
  'X-Progress',
  'X-Request-Id',
  'X-Security-Context',
];

const loopbackOrigin = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?$/;

/**
 * With a token any page may call: without the token it gets nothing, and a browser never sends it by itself. Without
 * authentication only pages of this machine may, or every site the user visits could read the store.
 */
export function crossOriginOptions(authenticated: boolean): FastifyCorsOptions {
  return {
    origin: authenticated ? '*' : loopbackOrigin,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders,
    maxAge: 600,
    strictPreflight: false,
  };
}
