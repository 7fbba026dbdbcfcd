/** Texts of files: UTF-8, without the byte order mark that some editors put first. */
import { readFileSync } from 'node:fs';

/** What is no UTF-8 is replaced, and then found by whoever reads the text. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}

/** @throws the error of the file system for a file that cannot be read */
export function readText(file: string): string {
  return textOf(readFileSync(file));
}
