// The script of vibration (ADR 0143): a machine's recordings, their spectra and the waterfall.
export { VibrationView } from "~/features/health/components/vibration_view";
