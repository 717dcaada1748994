namespace Gateway.Schemas.Avro.Data;

/// <summary>How strictly plain JSON is held against a schema.</summary>
internal enum AvroFit
{
    /// <summary>Numbers must survive: 0.1 is no float then, and 2^53+1 no double.</summary>
    Exact,

    /// <summary>Numbers may lose digits.</summary>
    Near,

    /// <summary>As a field's default: numbers may lose digits, members that no field has say nothing, and unions have no tags.</summary>
    Default,
}
