using System.Globalization;

namespace Gateway.SchemaRegistry.Model;

/// <summary>An error as the registry's HTTP door tells it: Confluent's code and words, which clients look for.</summary>
internal sealed record RegistryFault(int Code, string Message)
{
    /// <summary>HTTP status; the codes begin with it, plain ones are it.</summary>
    public int Status => Code < 1000 ? Code : Code / 100;

    public static RegistryFault SubjectNotFound(string subject) => new(40401, $"Subject '{subject}' not found.");

    public static RegistryFault VersionNotFound(string version) => new(40402, $"Version {version} not found.");

    public static RegistryFault VersionNotFound(int version) => VersionNotFound(version.ToString(CultureInfo.InvariantCulture));

    public static RegistryFault SchemaNotFound() => new(40403, "Schema not found");

    public static RegistryFault SchemaNotFound(string idOrGuid) => new(40403, $"Schema {idOrGuid} not found");

    public static RegistryFault SubjectSoftDeleted(string subject) =>
        new(40404, $"Subject '{subject}' was soft deleted.Set permanent=true to delete permanently");

    public static RegistryFault SubjectNotSoftDeleted(string subject) =>
        new(40405, $"Subject '{subject}' was not deleted first before being permanently deleted");

    public static RegistryFault VersionSoftDeleted(string subject, int version) =>
        new(40406, $"Subject '{subject}' Version {version} was soft deleted.Set permanent=true to delete permanently");

    public static RegistryFault VersionNotSoftDeleted(string subject, int version) =>
        new(40407, $"Subject '{subject}' Version {version} was not deleted first before being permanently deleted");

    public static RegistryFault NoSubjectConfig(string subject) =>
        new(40408, $"Subject '{subject}' does not have subject-level compatibility configured");

    public static RegistryFault NoSubjectMode(string subject) =>
        new(40409, $"Subject '{subject}' does not have subject-level mode configured");

    public static RegistryFault AssociationNotFound(string resource) => new(40410, $"Association for '{resource}' not found.");

    public static RegistryFault Incompatible(int code, string subject, IEnumerable<string> details) => new(
        code, $"Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: [{string.Join(", ", details)}]");

    public static RegistryFault TooManyAssociations(int limit) => new(40902, $"There are {limit} associations, which is the limit");

    public static RegistryFault AssociationForResourceExists(string associationType, string resource) =>
        new(40903, $"An association of the type '{associationType}' for the resource '{resource}' exists already");

    public static RegistryFault AssociationForSubjectExists(string subject) => new(40904, $"An association for the subject '{subject}' exists");

    public static RegistryFault StrongAssociationExists(string subject) => new(40905, $"A STRONG association for the subject '{subject}' exists");

    public static RegistryFault NoLiveVersion(string subject) =>
        new(40907, $"The subject '{subject}' needs a version that is not deleted, for an association names it");

    public static RegistryFault AssociationFrozen(string associationType, string subject) => new(
        40908, $"The association of the type '{associationType}' for the subject '{subject}' is frozen; it can only be deleted, with cascadeLifecycle=true");

    public static RegistryFault InvalidAssociation(string property, string detail) => new(42212, $"Invalid association: '{property}' {detail}");

    public static RegistryFault InvalidSchema(string reason) => new(42201, $"Invalid schema: {reason}");

    public static RegistryFault EmptySchema() => new(42201, "Empty schema");

    public static RegistryFault NotNextVersion() => new(42201, "Version is not one more than previous version");

    public static RegistryFault ReferenceNotFound(string subject, int version) =>
        new(42201, $"No schema reference found for subject \"{subject}\" and version {version}");

    public static RegistryFault InvalidVersion(string version) => new(
        42202, $"The specified version '{version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"");

    public static RegistryFault InvalidCompatibility() => new(
        42203, "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive");

    public static RegistryFault InvalidPolicy(IEnumerable<string> valid) =>
        new(42203, $"Invalid compatibility policy. Valid values are {string.Join(", ", valid)}");

    public static RegistryFault InvalidMode() => new(42204, "Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.");

    public static RegistryFault NotPermitted(string reason) => new(42205, reason);

    public static RegistryFault ReadOnly(QualifiedSubject subject) =>
        NotPermitted($"Subject {subject.Name} in context {subject.Context} is in read-only mode");

    public static RegistryFault Referenced(string subject, int version) => new(
        42206, $"One or more references exist to the schema {{magic=1,keytype=SCHEMA,subject={subject},version={version}}}.");

    public static RegistryFault IdDoesNotMatch(int existing, int given) =>
        new(42207, $"The same schema already has id {existing}, which is not the given id {given}");

    public static RegistryFault InvalidSubject(string subject) => new(42208, $"The specified subject '{subject}' is not a valid.");

    public static RegistryFault SchemaTooLarge(int limit) => new(42209, $"The schema is longer than {limit} bytes, which is the limit");

    public static RegistryFault RecordTooLarge(string topic, int? limit) => new(
        42209, $"The record that is to keep it is larger than the topic {topic} takes: its max.message.bytes is {limit?.ToString(CultureInfo.InvariantCulture) ?? "lower"}");

    public static RegistryFault InvalidRuleSet(string reason) => new(42210, $"Invalid rule set: {reason}");

    public static RegistryFault ContextNotEmpty(string context) => new(42211, $"The context '{context}' is not empty");

    public static RegistryFault BadRequest(string reason) => new(400, reason);

    public static RegistryFault Unprocessable(string reason) => new(422, reason);

    public static RegistryFault TooCostly(long limit) => Unprocessable(
        $"To compare the schema with all it has to be compared with takes more than {limit} steps, which is the limit for one request");

    public static RegistryFault StoreFailed(string reason) => new(50001, $"Error in the backend data store: {reason}");

    public static RegistryFault TimedOut() => new(50002, "The write to the backend data store timed out");

    public static RegistryFault Internal() => new(500, "Internal Server Error");

    public static RegistryFault NotReady() => new(503, "The registry is still reading its topic, or can read it no more, which its log tells");
}
