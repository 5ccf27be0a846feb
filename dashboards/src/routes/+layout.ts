/** Everything is drawn in the browser: the platform serves these files and an API, nothing else. */
export const ssr = false;
