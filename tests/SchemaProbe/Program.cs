using Gateway.SchemaProbe;

using var input = Console.OpenStandardInput();
using var output = Console.OpenStandardOutput();
Conversation.Run(input, output);
