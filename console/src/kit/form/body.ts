/**
 * What a form or a button changes, as the body of a request: fields that are left out stay as they
 * are, though the generated types ask for all that have a default. The server says what is wrong.
 */
export const bodyOf = <Body>(values: Readonly<Record<string, unknown>>): Body => values as Body
