/**
 * Codings by themselves, whatever they are bound to: the code exists in its system and is called what it says.
 * https://hl7.org/fhir/R4/datatypes.html#Coding
 */
import { TextTable } from '../../core/text-table.ts';
import type { Registry } from '../../fhir/registry.ts';
import type { Terminology } from '../../terminology/terminology.ts';
import { ucumSystem } from '../../terminology/ucum.ts';
import { isCode } from '../primitives.ts';
import { type Notice, notice, type Run, say, sayOnce } from '../run.ts';
import { type KnownCode, keepCoding } from './known-code.ts';
import { isTextIn } from './primitive.ts';
import { external, nameFault } from './system-name.ts';

/** What is known of a code system, or of an edition of it, looked up once. Codes that were looked up are kept; bounded. */
interface KnownSystem {
  /** Its URL, with the version of the edition. */
  readonly name: string;
  /** What is wrong with naming it, if anything. */
  readonly wrong: Notice | undefined;
  /** Why its codes are not checked, if they are not. */
  readonly unchecked: Notice;
  readonly unknownCode: Notice;
  readonly otherDisplay: Notice;
  /** Whether some of its codes are here, and others may exist. */
  readonly isPartial: boolean;
  /** Whether the system is certain to be a URL as it should be. */
  readonly wellFormed: boolean;
  /** Whether that, and nothing is wrong with naming it. */
  readonly usual: boolean;
  readonly codes: TextTable<KnownCode>;
}

/** A URL of printable characters; whatever else a system may be is looked at each time. */
const plain = /^https?:\/\/[!-~]+$/;

const rememberedSystems = 500;
const rememberedCodes = 5000;

/** Given the values of `system`, `code` and `display`. */
type FormCheck = (run: Run, system: unknown, code: unknown, display: unknown) => void;
/** Given a coding and the values of its `system`, `code`, `display` and `version`. */
type CodingCheck = (
  run: Run,
  coding: unknown,
  system: unknown,
  code: unknown,
  display: unknown,
  version: unknown,
) => void;
/** Given a quantity and the values of its `system` and `code`. */
type UnitCheck = (run: Run, quantity: unknown, system: unknown, code: unknown) => void;

export function codingCheck(
  terminology: Terminology,
  registry: Registry,
  checkForms: FormCheck,
): { coding: CodingCheck; quantity: UnitCheck } {
  const systems = new TextTable<KnownSystem>();
  const editions = new TextTable<KnownSystem>();

  function systemOf(system: string): KnownSystem {
    const definition = registry.codeSystem(system);
    const supplement = definition?.content === 'supplement' || definition?.supplements !== undefined;
    const valueSet = !definition && registry.valueSet(system) !== undefined;
    const content = terminology.content(system);
    const fault = definition || external.has(system) ? undefined : nameFault(system, registry);
    const wrong = supplement
      ? notice('code-system-supplement', system)
      : valueSet
        ? notice('code-system-is-value-set')
        : fault && notice(fault);
    const wellFormed = plain.test(system);
    const made: KnownSystem = {
      name: system,
      wrong,
      unchecked: notice('code-not-checked', external.has(system) ? system : 'of this code'),
      unknownCode: notice(content === 'partial' ? 'code-fragment' : 'code-unknown', system),
      isPartial: content === 'partial',
      otherDisplay: notice('code-display', system),
      wellFormed,
      usual: wellFormed && wrong === undefined,
      codes: new TextTable(),
    };
    if (systems.size < rememberedSystems) systems.add(system, made);
    return made;
  }

  /** The edition that a coding names; where that is not known, the one that is. */
  function editionOf(known: KnownSystem, version: string): KnownSystem {
    const name = `${known.name}|${version}`;
    const met = editions.get(name);
    if (met) return met;
    const edition = registry.codeSystem(name) ? (systems.get(name) ?? systemOf(name)) : known;
    if (editions.size < rememberedSystems) editions.add(name, edition);
    return edition;
  }

  function codeOf(code: string, { name, codes, isPartial }: KnownSystem): KnownCode {
    const answer = terminology.lookup(name, code);
    const known: KnownCode = {
      state: answer?.found ? 'found' : answer || isPartial ? 'missing' : 'unknown',
      display: answer?.display,
      designations: answer?.designations ?? [],
      memberships: new Map(),
    };
    if (codes.size < rememberedCodes && isCode(code)) codes.add(code, known);
    return known;
  }

  /** Kept small, so that it becomes part of the walk: the usual coding was met before, and nothing is wrong with it. */
  const coding: CodingCheck = (run, value, system, code, display, version) => {
    const known = version === undefined && typeof system === 'string' ? systems.get(system) : undefined;
    const met = known?.usual === true && typeof code === 'string' ? known.codes.get(code) : undefined;
    if (known === undefined || met === undefined || !isUsual(met, display, run)) {
      judge(run, value, system, code, display, version);
      return;
    }
    keepCoding(run.metCodings, value, met);
    if (met.state === 'unknown') sayOnce(run, known.unchecked, 'code');
  };

  const judge: CodingCheck = (run, value, system, code, display, version) => {
    let met = typeof system === 'string' ? systems.get(system) : undefined;
    if (met && typeof version === 'string') met = editionOf(met, version);
    const metCode = typeof code === 'string' ? met?.codes.get(code) : undefined;
    const isMet = metCode !== undefined && met?.wellFormed === true && run.options.exampleUrls !== false;
    if (!isMet) checkForms(run, system, code, display);
    else if (typeof display === 'string' && metCode.display !== display)
      checkForms(run, undefined, undefined, display);
    if (typeof system !== 'string' || typeof code !== 'string') return;
    let known = met ?? systemOf(system);
    if (!met && typeof version === 'string') known = editionOf(known, version);
    if (known.wrong) {
      say(run, known.wrong, 'system');
      return;
    }
    const answer = metCode ?? codeOf(code, known);
    if (version === undefined) keepCoding(run.metCodings, value, answer);
    if (answer.state === 'unknown') sayOnce(run, known.unchecked, 'code');
    else if (answer.state === 'missing') say(run, known.unknownCode, 'code');
    else if (typeof display === 'string' && answer.display !== display) {
      const isName = isNameOf(display, answer) || (version === undefined && isAdded(system, code, display));
      if (!isName) say(run, known.otherDisplay, 'display');
    }
  };

  /** Whether a supplement or a value set gives a code that name. */
  function isAdded(system: string, code: string, display: string): boolean {
    return terminology.names(system, code).some((name) => sameWords(display, name));
  }

  function quantity(run: Run, value: unknown, system: unknown, code: unknown): void {
    if (typeof system !== 'string' || typeof code !== 'string') return;
    const units = systems.get(system) ?? systemOf(system);
    if (units.wrong) {
      const { wrong } = units;
      say(run, wrong.key === 'code-system-unknown' ? wrong : asWarning(wrong), 'system');
      return;
    }
    const unit = units.codes.get(code) ?? codeOf(code, units);
    keepCoding(run.metCodings, value, unit);
    if (unit.state === 'unknown') sayOnce(run, units.unchecked, 'code');
    else if (unit.state === 'missing')
      say(run, system === ucumSystem ? unknownUnit : asWarning(units.unknownCode), 'code');
  }

  return { coding, quantity };
}

const unknownUnit = notice('unit-unknown');

/** A quantity means something by its unit in words too: what is wrong with the code of its unit is a warning. */
const asWarning = (said: Notice): Notice => ({ ...said, severity: 'warning' });

/** Whether nothing is to be said of a code that was looked up and of its display. */
function isUsual({ state, display: own }: KnownCode, display: unknown, run: Run): boolean {
  if (run.options.exampleUrls === false || state === 'missing') return false;
  if (display === undefined || display === own) return true;
  return state === 'unknown' && typeof display === 'string' && isTextIn(display, run);
}

/** Whether a display is one that the code has in its system, in any language. */
function isNameOf(text: string, { display, designations }: KnownCode): boolean {
  return (
    display === undefined || sameWords(text, display) || designations.some((other) => sameWords(text, other))
  );
}

/** Displays are compared without regard to case and white space. */
function sameWords(one: string, other: string): boolean {
  return one === other || squeeze(one) === squeeze(other);
}

const squeeze = (text: string) => text.toLowerCase().replace(/\s+/g, ' ').trim();
