// How long a machine lasts: the page of one machine (ADR 0133, 0149).
export { LifeView } from "~/features/health/components/life_view";
