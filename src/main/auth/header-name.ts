/** What may stand as a header or parameter name in auth settings: an HTTP token of at most 100 characters, or nothing. */
export const headerNamePattern = "^[!#$%&'*+.^_`|~0-9A-Za-z-]{0,100}$";
