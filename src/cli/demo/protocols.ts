/** What the protocols and indications of the guide mean for the resources of a course. */
import type { CodeableConcept } from '@medplum/fhirtypes';
import { concept, snomed, systems } from './concepts.ts';
import type { IndicationName, ProtocolName } from './course-description.ts';

export interface ProtocolFacts {
  readonly order: 'iv' | 'im' | 'sublingual' | 'esketamine';
  readonly medicine: CodeableConcept;
  readonly route: CodeableConcept;
  /** What is done in a medicine session, beside the guide's own code. */
  readonly procedure?: CodeableConcept;
  readonly intent: string;
  /** How long it takes to give the dose; 0: at once. */
  readonly doseMinutes: number;
  /** From the first dose to the end of the effects that are worked with. */
  readonly phaseMinutes: number;
  readonly doseText: (milligrams: number) => string;
  readonly byWeight: boolean;
}

const ketamine: CodeableConcept = {
  coding: [
    { system: systems.rxnorm, code: '6130', display: 'ketamine' },
    { system: systems.snomed, code: '373464007', display: 'Ketamine' },
  ],
};

const route = (code: string, display: string, more?: CodeableConcept): CodeableConcept => ({
  coding: [{ system: systems.route, code, display }, ...(more?.coding ?? [])],
});

const intravenous: ProtocolFacts = {
  order: 'iv',
  medicine: ketamine,
  route: route('IV', 'Infusion, intravenous', snomed('47625008', 'Intravenous route')),
  procedure: snomed('386358000', 'Administration of drug or medicament via intravenous route'),
  intent: 'intermediate',
  doseMinutes: 40,
  phaseMinutes: 70,
  doseText: (milligrams) => `${milligrams} mg intravenously over 40 minutes`,
  byWeight: true,
};

export const protocols: Readonly<Record<ProtocolName, ProtocolFacts>> = {
  'iv-6': intravenous,
  'infusion-only': intravenous,
  'im-escalating': {
    order: 'im',
    medicine: ketamine,
    route: route('IM', 'Injection, intramuscular', snomed('78421000', 'Intramuscular route')),
    procedure: snomed('386356001', 'Administration of drug or medicament via intramuscular route'),
    intent: 'transformational',
    doseMinutes: 0,
    phaseMinutes: 65,
    doseText: (milligrams) => `${milligrams} mg into the muscle`,
    byWeight: false,
  },
  sublingual: {
    order: 'sublingual',
    medicine: ketamine,
    route: route('SL', 'Dissolve, sublingual'),
    intent: 'psycholytic',
    doseMinutes: 15,
    phaseMinutes: 80,
    doseText: (milligrams) => `${milligrams} mg under the tongue, held for 15 minutes`,
    byWeight: false,
  },
  'esketamine-label': {
    order: 'esketamine',
    medicine: {
      ...concept(systems.atc, 'N06AX27', 'esketamine'),
      text: 'Esketamine nasal spray',
    },
    route: route('NASAL', 'Topical application, nasal', snomed('46713006', 'Nasal route')),
    intent: 'label-dose',
    doseMinutes: 10,
    phaseMinutes: 60,
    doseText: (milligrams) => `${milligrams} mg into the nose, ${milligrams / 28} devices`,
    byWeight: false,
  },
};

export interface IndicationFacts {
  readonly code: CodeableConcept;
  readonly instrument: 'phq-9' | 'pcl-5' | 'gad-7';
  readonly target: { readonly below: number; readonly text: string };
}

export const indications: Readonly<Record<IndicationName, IndicationFacts>> = {
  depression: {
    code: snomed('36474008', 'Severe recurrent major depression without psychotic features'),
    instrument: 'phq-9',
    target: { below: 5, text: 'PHQ-9 below 5 at the end of the course' },
  },
  ptsd: {
    code: snomed('313182004', 'Chronic post-traumatic stress disorder'),
    instrument: 'pcl-5',
    target: { below: 31, text: 'PCL-5 below 31 at the end of the course' },
  },
  anxiety: {
    code: snomed('21897009', 'Generalized anxiety disorder'),
    instrument: 'gad-7',
    target: { below: 5, text: 'GAD-7 below 5 at the end of the course' },
  },
};
