// The script of health (ADR 0135): machines' health, their cases and models.
export { HealthPage } from "~/features/health/components/health_page";
