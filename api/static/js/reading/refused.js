// What cannot be read or taken, by the name the server gives it: its sentence comes with the catalogue.

export class Refused extends Error {
  constructor(code, values = {}) {
    super(code);
    this.code = code;
    this.values = values;
  }
}
