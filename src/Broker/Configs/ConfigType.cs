namespace Gateway.Broker.Configs;

/// <summary>The type of a config as DescribeConfigs reports it (v3+). The numbers are Kafka's.</summary>
public enum ConfigType : sbyte
{
    /// <summary>Not known.</summary>
    Unknown = 0,
    /// <summary>true or false.</summary>
    Boolean = 1,
    /// <summary>Text.</summary>
    String = 2,
    /// <summary>32-bit integer.</summary>
    Int = 3,
    /// <summary>16-bit integer.</summary>
    Short = 4,
    /// <summary>64-bit integer.</summary>
    Long = 5,
    /// <summary>Floating point.</summary>
    Double = 6,
    /// <summary>Comma-separated words; the only type APPEND and SUBTRACT work on.</summary>
    List = 7,
    /// <summary>The name of a Java class.</summary>
    Class = 8,
    /// <summary>A secret: never shown.</summary>
    Password = 9,
}

/// <summary>Where a config's value comes from, as DescribeConfigs reports it (v1+). The numbers are Kafka's.</summary>
public enum ConfigSource : sbyte
{
    /// <summary>Set on the topic itself.</summary>
    DynamicTopic = 1,
    /// <summary>Set at run time for this broker.</summary>
    DynamicBroker = 2,
    /// <summary>Set at run time for all brokers of the cluster.</summary>
    DynamicDefaultBroker = 3,
    /// <summary>Given when the broker was started.</summary>
    StaticBroker = 4,
    /// <summary>Nobody set it.</summary>
    Default = 5,
}

/// <summary>The kinds of thing that have configs. The numbers are Kafka's.</summary>
public enum ConfigResourceType : sbyte
{
    /// <summary>A topic.</summary>
    Topic = 2,
    /// <summary>A broker, or all brokers when the name is empty.</summary>
    Broker = 4,
}
