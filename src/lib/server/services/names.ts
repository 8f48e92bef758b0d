import { BadInput } from '#lib/server/tables/bad-input.ts';

/**
 * Names stand in addresses, file names and table headers: letters and digits of any script, and . _ - ( ) and
 * single spaces within.
 *
 * @throws BadInput
 */
export function checkName(noun: string, name: string): void {
  if (name.trim() === '') throw new BadInput(`the ${noun} needs a name`);
  if (name.length > 100)
    throw new BadInput(`the name of the ${noun} has ${name.length} characters; at most 100 are taken`);
  if (!/^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}._()@+-]| (?! ))*$/u.test(name) || name.endsWith(' ')) {
    throw new BadInput(
      `${JSON.stringify(name)} cannot name a ${noun}: letters, digits, . _ - ( ) and single spaces are taken, a letter or digit first`
    );
  }
}
