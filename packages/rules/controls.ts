// controls: what of compliance frameworks a rule can be evidence for. Titles are our own short words, not the frameworks'.

export interface Framework {
  /** What stands before the colon of an id. */
  readonly prefix: string
  readonly name: string
  /** Of which edition the ids are; another edition may number otherwise. */
  readonly version: string
}

export const frameworks: readonly Framework[] = [
  { prefix: 'pci', name: 'PCI DSS', version: '4.0.1' },
  { prefix: 'soc2', name: 'SOC 2, Trust Services Criteria', version: '2017, points of focus of 2022' },
  { prefix: 'iso27001', name: 'ISO/IEC 27001, Annex A', version: '2022' },
  { prefix: 'nist', name: 'NIST SP 800-53', version: 'revision 5' },
  { prefix: 'cis', name: 'CIS Kubernetes Benchmark', version: '1.11.1' },
  { prefix: 'hipaa', name: 'HIPAA Security Rule, 45 CFR part 164 subpart C', version: '2013' },
]

export interface Control {
  /** `pci:10.2.1.2` */
  readonly id: string
  readonly framework: Framework
  readonly title: string
}

/** One line a control: what follows the prefix, two spaces or more, and its title. */
const titles: Readonly<Record<string, string>> = {
  pci: `
    1.2.5     Only known and approved ports, protocols and services
    1.3.1     Only necessary traffic comes in
    1.3.2     Only necessary traffic goes out
    1.4.1     Controls between trusted and untrusted networks
    2.2.1     Systems are configured by a hardened standard
    2.2.2     Accounts that come with a product are managed
    2.2.4     Only necessary services and functions run
    2.2.6     Security parameters keep systems from misuse
    2.2.7     Administrative access is encrypted
    4.2.1     Strong cryptography on open networks
    6.3.2     An inventory of software and its parts
    6.3.3     Known vulnerabilities are patched
    6.5.1     Changes in production follow a procedure: reason, impact, approval, test, way back
    6.5.3     Production is kept apart from other environments
    6.5.4     Roles in production and elsewhere are kept apart
    7.2.1     A model of who may have access to what
    7.2.2     People have the least privileges that their work needs
    7.2.3     Privileges are approved by somebody authorized
    7.2.4     Accounts and privileges are reviewed
    7.2.5     Accounts of applications and systems have the least privileges
    7.2.5.1   Accounts of applications and systems are reviewed
    7.3.1     An access control system limits access by need to know
    7.3.2     The access control system enforces what is assigned
    7.3.3     What is not allowed is denied
    8.2.1     Every user has an id of their own
    8.2.2     Shared and generic accounts are an exception that is justified and attributed
    8.2.4     Making, changing and deleting ids is authorized
    8.2.5     Access of those who left is taken away at once
    8.3.1     Every access is authenticated
    8.3.2     Secrets that authenticate are unreadable where they are stored and sent
    8.3.4     Attempts to log in that fail are limited
    8.6.1     Interactive use of accounts of applications and systems is an exception
    8.6.2     Secrets of accounts stand in no script, configuration or code
    8.6.3     Secrets of accounts of applications and systems are guarded against misuse
    10.2.1    Audit logs are on for all components
    10.2.1.1  Logs hold each person's access to cardholder data
    10.2.1.2  Logs hold what anybody does with administrative access
    10.2.1.3  Logs hold every access to audit logs
    10.2.1.4  Logs hold every access that was refused
    10.2.1.5  Logs hold every change to identities, credentials and privileges
    10.2.1.6  Logs hold that logging began, stopped or paused
    10.2.1.7  Logs hold that system objects were made or deleted
    10.2.2    Logs say who, what, when, where from, and with what result
    10.3.1    Only who needs audit logs reads them
    10.3.2    Nobody changes audit logs
    10.3.3    Audit logs are soon copied to a safe place
    10.3.4    A change to audit logs raises an alarm
    10.4.1    Audit logs are reviewed every day
    10.4.1.1  Audit logs are reviewed by machines
    10.5.1    Audit logs are kept for twelve months
    10.7.2    A control that fails is noticed and told
    10.7.3    A control that fails is mended soon
    11.5.1    Intrusions are noticed
    11.5.2    Unauthorized changes to critical files are noticed
    12.10.5   Alarms of security systems are responded to`,
  soc2: `
    CC5.2   Controls over technology are chosen and developed
    CC6.1   Logical access is limited to who needs it
    CC6.2   Users are registered and authorized before they get credentials
    CC6.3   Access follows roles, least privilege and separation of duties
    CC6.6   Access from outside is guarded against
    CC6.7   Information is guarded where it moves or leaves
    CC6.8   Unauthorized or malicious software is kept out or found
    CC7.1   Changes that make it vulnerable are found
    CC7.2   Systems are watched for what is unusual
    CC7.3   What is unusual is judged
    CC7.4   Incidents are responded to
    CC7.5   Systems recover from incidents
    CC8.1   Changes are authorized, tested, approved and documented
    A1.2    Data is backed up and can be recovered
    C1.1    Confidential information is known and guarded
    C1.2    Confidential information is disposed of as agreed`,
  iso27001: `
    A.5.3   Duties that conflict are kept apart
    A.5.14  Information is guarded where it is transferred
    A.5.15  Rules say who has access
    A.5.16  Identities are managed from beginning to end
    A.5.17  Information that authenticates is managed
    A.5.18  Rights are given, reviewed and taken away
    A.5.25  Events are judged
    A.5.26  Incidents are responded to
    A.5.28  Evidence is collected and kept
    A.5.33  Records are guarded
    A.8.2   Privileged rights are few and managed
    A.8.3   Access to information is limited
    A.8.5   Authentication is secure
    A.8.6   Capacity is managed
    A.8.7   Malware is guarded against
    A.8.8   Technical vulnerabilities are managed
    A.8.9   Configurations are managed
    A.8.10  Information that is not needed is deleted
    A.8.12  Data does not leak
    A.8.13  Information is backed up
    A.8.14  Facilities are redundant
    A.8.15  Logs are made, kept and guarded
    A.8.16  Systems are watched for what is unusual
    A.8.17  Clocks agree
    A.8.18  Programs that get past controls are used by few
    A.8.19  Installing software on systems in operation is managed
    A.8.20  Networks are secured
    A.8.21  Network services are secured
    A.8.22  Networks are separated
    A.8.24  Cryptography is used by rules
    A.8.27  Systems are built by secure principles
    A.8.31  Development, test and production are kept apart
    A.8.32  Changes follow a procedure`,
  nist: `
    AC-2      Accounts are managed
    AC-2(4)   Making and changing accounts is audited
    AC-2(7)   Privileged accounts follow roles and are watched
    AC-2(9)   Shared accounts are restricted
    AC-2(12)  Unusual use of accounts is watched
    AC-3      Access is enforced
    AC-4      Flows of information are enforced
    AC-5      Duties are separated
    AC-6      Least privilege
    AC-6(1)   Access to security functions is authorized
    AC-6(2)   Who has privileges uses another account for other work
    AC-6(5)   Privileged accounts are restricted
    AC-6(7)   Privileges are reviewed
    AC-6(8)   Software does not run with more privileges than its user has
    AC-6(9)   Use of privileged functions is logged
    AC-6(10)  Who is not privileged runs no privileged function
    AC-7      Attempts to log in that fail are limited
    AC-14     What may be done without identification is known
    AC-17     Remote access is authorized
    AU-2      Events to be logged are chosen
    AU-3      Records say what, when, where, from where, with what result and who
    AU-5      Failures of logging are told and responded to
    AU-6      Records are reviewed and analyzed
    AU-9      Records and logging tools are guarded
    AU-9(4)   Logging is managed by few
    AU-10     Nobody can deny what they did
    AU-11     Records are kept
    AU-12     Records are made
    CA-7      Controls are watched all the time
    CM-2      A baseline configuration
    CM-3      Changes are controlled
    CM-4      The impact of changes is analyzed
    CM-5      Who may change is restricted
    CM-5(1)   Who may change is enforced, and changes are recorded
    CM-6      Settings are established and deviations noticed
    CM-7      Only what is needed can be done
    CM-7(5)   Only software that is allowed runs
    CM-8      An inventory of components
    CM-11     Software that users install is controlled
    CM-14     Components are signed
    CP-9      Systems are backed up
    CP-10     Systems recover
    IA-2      Users are identified and authenticated
    IA-4      Identifiers are managed
    IA-5      Authenticators are managed
    IA-5(7)   Authenticators are not embedded in what is readable
    IA-9      Services are identified and authenticated
    IR-4      Incidents are handled
    IR-5      Incidents are watched
    RA-5      Vulnerabilities are scanned for
    SC-4      Nothing leaks through shared resources
    SC-5      Denial of service is guarded against
    SC-6      Resources stay available
    SC-7      Boundaries are guarded
    SC-7(5)   Traffic is denied unless allowed
    SC-8      What is sent is confidential and whole
    SC-12     Keys are managed
    SC-13     Cryptography
    SC-17     Certificates are issued by rules
    SC-28     What is stored is guarded
    SC-39     Processes are isolated
    SI-3      Malicious code is guarded against
    SI-4      Systems are monitored
    SI-4(4)   Traffic in and out is monitored
    SI-7      Software and information are checked for changes`,
  cis: `
    1.2.1   Anonymous requests to the API server are off
    3.1.1   People do not log in with client certificates
    3.1.2   People do not log in with tokens of service accounts
    3.1.3   People do not log in with bootstrap tokens
    3.2.1   There is an audit policy
    3.2.2   The audit policy covers what matters for security
    5.1.1   cluster-admin is used only where it must be
    5.1.2   Few have access to secrets
    5.1.3   Few wildcards in roles
    5.1.4   Few may create pods
    5.1.5   Default service accounts are not used
    5.1.6   Tokens of service accounts are mounted only where they must be
    5.1.7   The group system:masters is not used
    5.1.8   Few may bind, impersonate and escalate
    5.1.9   Few may create persistent volumes
    5.1.10  Few may reach the proxy of nodes
    5.1.11  Few may approve certificate signing requests
    5.1.12  Few may change webhook configurations
    5.1.13  Few may issue tokens of service accounts
    5.2.1   A mechanism decides which pods are admitted
    5.2.2   Few privileged containers
    5.2.3   Few containers share the host's processes
    5.2.4   Few containers share the host's IPC
    5.2.5   Few containers share the host's network
    5.2.6   Few containers may gain privileges
    5.2.7   Few containers run as root
    5.2.8   Few containers have NET_RAW
    5.2.9   Few containers have added capabilities
    5.2.10  Few containers have capabilities at all
    5.2.11  Few HostProcess containers of Windows
    5.2.12  Few hostPath volumes
    5.2.13  Few containers use ports of the host
    5.3.1   The network plugin supports network policies
    5.3.2   All namespaces have network policies
    5.4.1   Secrets come as files, not as variables
    5.4.2   Secrets are kept outside of the cluster
    5.5.1   Where images come from is checked
    5.6.1   Namespaces are administrative boundaries
    5.6.2   Pods have a seccomp profile
    5.6.3   Pods and containers have a security context
    5.6.4   The default namespace is not used`,
  hipaa: `
    164.308(a)(1)(ii)(D)  Records of activity are reviewed
    164.308(a)(3)(i)      Only who should have access has it
    164.308(a)(3)(ii)(C)  Access ends with employment
    164.308(a)(4)(i)      Access to health information is authorized
    164.308(a)(4)(ii)(B)  Access is granted by a policy
    164.308(a)(4)(ii)(C)  Access is established, reviewed and changed by a policy
    164.308(a)(5)(ii)(B)  Malicious software is guarded against and told
    164.308(a)(5)(ii)(C)  Logins are watched and differences told
    164.308(a)(5)(ii)(D)  Passwords are made, changed and guarded
    164.308(a)(6)(ii)     Incidents are identified and responded to
    164.308(a)(7)(ii)(A)  Data is backed up
    164.308(a)(8)         Security is evaluated when operations change
    164.312(a)(1)         Only who is allowed has access
    164.312(a)(2)(i)      Every user has a unique name
    164.312(a)(2)(ii)     There is a way in for emergencies
    164.312(a)(2)(iv)     Health information is encrypted where it is stored
    164.312(b)            Activity is recorded and examined
    164.312(c)(1)         Health information is not altered or destroyed
    164.312(d)            Who asks is who they say
    164.312(e)(1)         Health information is guarded where it is sent
    164.312(e)(2)(ii)     Health information is encrypted where it is sent`,
}

export const controls: readonly Control[] = frameworks.flatMap((framework) =>
  (titles[framework.prefix] ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const end = line.indexOf(' ')
      return { id: `${framework.prefix}:${line.slice(0, end)}`, framework, title: line.slice(end).trim() }
    }),
)

const byId: ReadonlyMap<string, Control> = new Map(controls.map((control) => [control.id, control]))

/** Null where no framework that we know has such a control. */
export function controlOf(id: string): Control | null {
  return byId.get(id) ?? null
}

export function isControl(id: string): boolean {
  return byId.has(id)
}
