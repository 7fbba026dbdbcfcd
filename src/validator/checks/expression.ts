/**
 * Texts that are FHIRPath are looked at as they are met: of one run no more of them than can be parsed in a bounded
 * time, since definitions come from clients too.
 * https://hl7.org/fhir/R4/metadatatypes.html#Expression
 */
import type { Model } from '../../fhir/model.ts';
import { createExpressionJudge, type ExpressionVerdict } from '../../fhirpath/expression-fault.ts';
import { found, type Run } from '../run.ts';

/** R4's definitions have 2,400 characters of expressions at most; so many are parsed within a second. */
const judgedCharacters = 40_000;

/** @param focus the type it begins from; undefined when that is not known */
export type RunJudge = (run: Run, text: string, focus: string | undefined) => ExpressionVerdict;

export function runJudge(model: Model): RunJudge {
  const judge = createExpressionJudge(model);
  return (run, text, focus) => {
    run.judged += text.length;
    return run.judged > judgedCharacters ? 'not-judged' : judge(text, focus);
  };
}

/** Where an Expression begins, and which functions a program adds, is not known here: it has to parse. */
export function checkExpression(run: Run, language: unknown, text: unknown, judge: RunJudge): void {
  if (language !== 'text/fhirpath' || typeof text !== 'string') return;
  const verdict = judge(run, text, undefined);
  if (verdict === 'no-fhirpath') found(run, 'expression-malformed', 'expression');
  else if (verdict === 'not-judged') found(run, 'expression-not-judged', 'expression');
}
