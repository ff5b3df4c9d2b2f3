// The floor: the address of the instance in place of the gate's, as every gate must write it, and nothing else.

export default {
  fetch(request, env) {
    return fetch(env.INSTANCE + request.url.slice(request.url.indexOf("/", "https://".length)), request);
  },
};
