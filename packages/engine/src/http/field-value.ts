function isFieldCharacter(code: number): boolean {
  return code === 9 || (code >= 32 && code !== 127 && code <= 255);
}

/**
 * Whether a text has only characters that RFC 7230 allows in a field value. An Origin may be echoed
 * into a response.
 */
export function isFieldValue(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (!isFieldCharacter(text.charCodeAt(index))) return false;
  }
  return true;
}
