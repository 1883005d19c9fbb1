// The script of learning from history (ADR 0151): tables, what their columns are, trainings.
export { LearnView } from "~/features/health/components/learn_view";
