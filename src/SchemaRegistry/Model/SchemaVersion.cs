namespace Gateway.SchemaRegistry.Model;

/// <summary>A version of a subject.</summary>
/// <param name="Subject">The subject, qualified.</param>
/// <param name="Version">Its number.</param>
/// <param name="Id">The content's id in the subject's context.</param>
/// <param name="Content">What is registered.</param>
/// <param name="Deleted">Whether it is softly deleted: gone from lists, still there for data that carries its id.</param>
/// <param name="TimestampMs">When its record was written.</param>
internal sealed record SchemaVersion(string Subject, int Version, int Id, SchemaContent Content, bool Deleted, long TimestampMs);
