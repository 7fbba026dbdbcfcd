/** What is wrong with an expression or with what it is applied to. Never quotes a value: it may identify a patient. */
export class ExpressionFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExpressionFault';
  }
}
