import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon";
import "./button.css";

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "size" | "icon" | "label"> {
  icon?: IconName;
  kind?: "plain" | "strong" | "quiet";
  small?: boolean;
  children: ComponentChildren;
}

export function Button({ icon, kind = "plain", small = false, children, class: extra, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} class={`button button-${kind}${small ? " button-small" : ""}${extra ? ` ${extra}` : ""}`}>
      {icon && <Icon name={icon} size={small ? 16 : 20} />}
      <span>{children}</span>
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "size" | "icon" | "label"> {
  icon: IconName;
  label: string; // what it does: read aloud, and shown on hover
}

export function IconButton({ icon, label, class: extra, ...rest }: IconButtonProps) {
  return (
    <button type="button" aria-label={label} title={label} {...rest} class={`icon-button${extra ? ` ${extra}` : ""}`}>
      <Icon name={icon} />
    </button>
  );
}
