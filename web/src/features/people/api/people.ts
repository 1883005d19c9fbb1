// Who may log in, keys of programs, and what one changes of oneself.
import type { Grant, Group, KeyScope, Person, PersonWithPassword, ServiceKey, TotpOffer } from "~/lib/admin_types";
import { get_json } from "~/lib/fetch";

const person_path = (name: string) => `/api/people/${encodeURIComponent(name)}`;

export const list_people = () => get_json<{ people: Person[] }>("/api/people");
export const list_groups = () => get_json<{ groups: Group[] }>("/api/groups");
export const list_keys = () => get_json<{ keys: ServiceKey[] }>("/api/keys");

export interface PasswordChoice {
  password: string | null; // null: the server makes one
  must_change: boolean;
}

/** As the server takes it: empty for one that it makes. */
const sent = (choice: PasswordChoice) => ({ ...choice, password: choice.password ?? "" });

export function add_person(name: string, grant: Grant, choice: PasswordChoice, own_password: string): Promise<PersonWithPassword> {
  return get_json("/api/people", { method: "POST", body: { name, ...grant, ...sent(choice), own_password } });
}

export function set_grant(name: string, grant: Grant, own_password: string): Promise<Person> {
  return get_json(`${person_path(name)}/grant`, { method: "PUT", body: { ...grant, own_password } });
}

export function reset_password(name: string, choice: PasswordChoice, own_password: string): Promise<PersonWithPassword> {
  return get_json(`${person_path(name)}/password`, { method: "PUT", body: { ...sent(choice), own_password } });
}

export type PersonAction = "disable" | "enable" | "unlock" | "end_sessions" | "totp_off";

/** `own_password` is needed by those that give access: unlock, enable and totp_off. */
export function act_on_person(name: string, action: PersonAction, own_password = ""): Promise<Person> {
  return get_json(`${person_path(name)}/actions`, { method: "POST", body: own_password === "" ? { action } : { action, own_password } });
}

export function remove_person(name: string): Promise<unknown> {
  return get_json(person_path(name), { method: "DELETE" });
}

const group_path = (name: string, more = "") => `/api/groups/${encodeURIComponent(name)}${more}`;

export function add_group(name: string, grant: Grant, own_password: string): Promise<Group> {
  return get_json("/api/groups", { method: "POST", body: { name, ...grant, own_password } });
}

export function set_group_grant(name: string, grant: Grant, own_password: string): Promise<Group> {
  return get_json(group_path(name, "/grant"), { method: "PUT", body: { ...grant, own_password } });
}

export function join_group(name: string, person: string, own_password: string): Promise<Group> {
  return get_json(group_path(name, `/members/${encodeURIComponent(person)}`), { method: "PUT", body: { own_password } });
}

export function leave_group(name: string, person: string): Promise<Group> {
  return get_json(group_path(name, `/members/${encodeURIComponent(person)}`), { method: "DELETE" });
}

export function remove_group(name: string): Promise<unknown> {
  return get_json(group_path(name), { method: "DELETE" });
}

/** With what they wrote; it cannot be undone. */
export function erase_person(name: string, own_password: string): Promise<{ responses: number }> {
  return get_json(`${person_path(name)}/erase`, { method: "POST", body: { own_password } });
}

export function create_key(name: string, grant: Grant, scopes: KeyScope[], days: number, own_password: string): Promise<{ id: string; key: string }> {
  return get_json("/api/keys", { method: "POST", body: { name, ...grant, scopes, days, own_password } });
}

export function revoke_key(id: string): Promise<unknown> {
  return get_json(`/api/keys/${encodeURIComponent(id)}`, { method: "DELETE" });
}

export function change_own_password(own_password: string, password: string): Promise<unknown> {
  return get_json("/api/session/password", { method: "PUT", body: { own_password, password } });
}

export function offer_totp(own_password: string): Promise<TotpOffer> {
  return get_json("/api/session/totp", { method: "POST", body: { own_password } });
}

export function confirm_totp(code: string): Promise<unknown> {
  return get_json("/api/session/totp", { method: "PUT", body: { code } });
}
