/**
 * A caller's JSON may hold a key named `__proto__`: data like any other. The copying of answers key by key would lose
 * it (an assignment sets the prototype instead), so an object with such a key goes to JSON.stringify as it is.
 */

/** Stands for a value that is written as it is; not a plain object, so it is not copied. */
class Uncopied {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  toJSON(): unknown {
    return this.#value;
  }
}

/** A serializer of answers for objects with a key `__proto__` of their own; what they hold must be plain JSON. */
export const ownProtoSerializer = {
  condition: (data: unknown): boolean =>
    typeof data === 'object' && data !== null && Object.hasOwn(data, '__proto__'),
  serialize: (data: unknown): unknown => new Uncopied(data),
};
